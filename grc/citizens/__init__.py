"""Citizens' accounts, each within one authority, and their tie to an identity provider."""
