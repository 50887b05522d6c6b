// An OpenID Provider that is not ours (oidc-provider, the library under FranceConnect), on a free port of loopback, with
// its own development pages. One line of JSON in: {clients: [client metadata], people: {login: claims}}. One line out:
// {issuer}. It ends with its standard input.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const NAMES = ["given_name", "family_name", "birthdate", "gender", "preferred_username"];
console.info = console.warn = () => {}; // it warns, rightly, that its pages are for development

function key(alg) {
  const [type, options] = alg === "ES256" ? ["ec", { namedCurve: "P-256" }] : ["rsa", { modulusLength: 2048 }];
  return { ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), alg, use: "sig", kid: alg };
}

function provider(issuer, { clients, people }) {
  return new Provider(issuer, {
    clients,
    jwks: { keys: [key("ES256"), key("RS256")] },
    cookies: { keys: ["a secret of the tests"] },
    claims: { openid: ["sub"], profile: NAMES, email: ["email"] },
    enabledJWA: { idTokenSigningAlgValues: ["ES256", "RS256"], userinfoSigningAlgValues: ["ES256", "RS256"] },
    features: { jwtUserinfo: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: (_, client) => client.clientId.endsWith("-pkce") },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  });
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    server.on("request", provider(issuer, JSON.parse(line)).callback());
    process.stdout.write(JSON.stringify({ issuer }) + "\n");
  });
});
lines.once("close", () => process.exit(0));
