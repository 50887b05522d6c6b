"""The one place where rules and records meet: drafts, submissions, their events, notices and decisions."""
