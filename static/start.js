// First in the body, before anything is drawn: says that scripts run, so that styles may rely on them.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
