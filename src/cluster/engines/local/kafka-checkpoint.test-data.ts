/**
 * A snapshot that Apache Kafka 4.3.1 has written, compressed with gzip: `00000000000000000183-0000000001.checkpoint` of a
 * broker and controller with a few topics of 12 partitions each.
 */
export const kafkaCheckpoint = [
  "H4sIAOzdAWsC/9XYT0gUURzA8fdm1n+riJqJmJqVmZgt7qYm9kfN/Nu2ikmIpDTqqJvrarOTlJiIRFhpWBB46GB1MIjILYgyEDsUdMgMJfLgSf",
  "Bm9EfwVPZm/7yf7nZo+Z1a2V2Y9/Yzb57zvQwh/FXG3lRQGxJXSYr7CL2/UZpq8n5vbHlpwxnsI5S9xTjv7D1vOEcJif3qItduJge5DlV4qCHv",
  "tx9Zma/9wkAjSHSnrEotkioZemTFYe2yk2RCsgkRaDobjWxTui528yF2rjxCdDSTDUU5VEWWOh2bBwsJCabZbDBWVSS7Q2pW2QCfIBBSzy6EWt",
  "iEXbLN2mZtsskGmyy1yIpBkbtt1mZpC8eWoXcvw9EuKfLmod8iIRH0m0iJzrUHz7fnHF68e+rdywE6nz9ctNezOdsEfbW5qMJSW1JXqzeaDhmy",
  "2J9RmdM21OfaNCWyQ5Fa1S2H/PcnhO2Qz4K0iX77oR386z6wzf2H63f9Z7Wp0ULrxy/lL8wzs+Lb90713sJnSimZZhsQSSdFusN1E3QeSHpUT8",
  "2OyYnVpievf0wQIby4ylJbU2U2l9RsuvJP/82Vszs0it2hAhHVgw+m4l/lLlctPk4bKZhuGh8jZJRNiaGDlIqCdv2+EwRXENoHpd6ddO2m71a6",
  "pVguUaQUxyUBKcVzSURKCVzSIaVELgUhpWQuBSOlFC6FIKXdXApFSqlcCkNKaVzSI6V0LoUjJFZlhqdK40pvRfpsQqHydKF/3dLWMOA+TyZU6T",
  "shwBUboEqklAVVIiUTVImUsqFKpJQLVSKlPKgSKeVDlUjpCFSJlI5BlUipEKpESsehSoTEqjzhqTJbHFvr27+vLOn26tzU9PyS032eUqjSd0KA",
  "Ky6HKpFSJVSJlMxQJVKyQJVIqRqqREo1UCVSqoUqkdIZqBIp1UGVSKkeqkRKZ6FKhMSqbPRUmVP/a6Xy9NGi5ZHh9eKlnR3f3ec5B1X6TghwxU",
  "1QJVJqgSqRUitUiZTaoUqkdB6qREo2qBIp2aFKpNQNVSIlBapESipUiZR6oEqExKq85KnSNP7z2QXnw7JGZ+pM1Yce5xX3eXqhSt8JAa64D6pE",
  "Sv1QJUK6wwYHKGSJpAaB0iGpq0AFIalrQAUjqSGgQpDUDaBCkdQwUGFI6hZQeiQ1ClQ4girVNJpHdURHYzutdoPV7rhsb+ZPiQQjf/J5kr0LXH",
  "JmTF/Kloep173f/g9TEzwPU3XB2uw/UgV/1pgVAAA=",
].join("");
