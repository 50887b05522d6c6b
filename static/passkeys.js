// Passkeys: asks the server what to ask, asks the browser, posts the answer with the form. Without it the page says
// what to do instead.

document.querySelectorAll("form[data-passkey]").forEach((form) => {
  if (!globalThis.PublicKeyCredential) {
    replaceByWords(form);
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
});

async function ask(form) {
  const button = form.querySelector("button[type=submit]");
  say(form, "");
  button.disabled = true;
  try {
    const options = await challenge(form);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
    form.elements.namedItem("credential").value = JSON.stringify(written(credential));
    form.submit();
  } catch (error) {
    say(form, form.dataset[cause(error)]);
    button.disabled = false;
    button.focus();
  }
}

async function challenge(form) {
  const response = await fetch(form.dataset.challenge, { method: "POST", headers: { accept: "application/json" } });
  if (!response.ok) throw new TypeError("refused");
  return read(await response.json());
}

// What the server wrote in base64url becomes bytes.
function read(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = bytes(known.id);
  for (const allowed of options.allowCredentials ?? []) allowed.id = bytes(allowed.id);
  return options;
}

// And the browser's bytes become text (the JSON of WebAuthn level 3).
function written(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(given),
    clientExtensionResults: {},
  };
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function cause(error) {
  if (error.name === "InvalidStateError") return "known";
  return error instanceof TypeError ? "cut" : "refused";
}

function say(form, words) {
  const said = form.querySelector("[data-said]");
  said.textContent = words;
  said.hidden = words === "";
}

function replaceByWords(form) {
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.textContent = form.dataset.unknown;
  form.replaceWith(words);
}
