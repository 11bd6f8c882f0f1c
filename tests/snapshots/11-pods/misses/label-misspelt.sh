kubectl label pod web tier- Tier=web
