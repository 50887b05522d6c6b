"""What tests share: servers, browsers, factories. Nothing here is a test."""
