"""From marts to a Salesforce org, and back."""
