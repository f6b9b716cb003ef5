"""The languages artifacts are written in: text in, problems and facts out. No Django, no network, no clock."""
