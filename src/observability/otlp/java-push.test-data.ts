/** What the producer of kafka-clients 4.3.1 pushed for two metrics, decompressed. */
export const pushOfJava = Buffer.from(
  [
    "CmYKABJiEmAKMm9yZy5hcGFjaGUua2Fma2EucHJvZHVjZXIubm9kZS5yZXF1ZXN0LmxhdGVuY3kubWF4KioKKBlAdO1OqhbqGCEA",
    "AAAAAAD4fzoUCgdub2RlX2lkEgkKB25vZGUtLTEKTQoAEkkSRwovb3JnLmFwYWNoZS5rYWZrYS5wcm9kdWNlci5yZWNvcmQucXVl",
    "dWUudGltZS5hdmcqFAoSGUAfdVOqFuoYIUtLS0tLSx9ACmYKABJiEmAKMm9yZy5hcGFjaGUua2Fma2EucHJvZHVjZXIubm9kZS5y",
    "ZXF1ZXN0LmxhdGVuY3kuYXZnKioKKBlAH3VTqhbqGCEAAAAAAAD4fzoUCgdub2RlX2lkEgkKB25vZGUtLTEKTQoAEkkSRwovb3Jn",
    "LmFwYWNoZS5rYWZrYS5wcm9kdWNlci5yZWNvcmQucXVldWUudGltZS5tYXgqFAoSGYBhhFOqFuoYIQAAAAAAgFxACmUKABJhEl8K",
    "Mm9yZy5hcGFjaGUua2Fma2EucHJvZHVjZXIubm9kZS5yZXF1ZXN0LmxhdGVuY3kuYXZnKikKJxmAYYRTqhbqGCGIh4eHh4cyQDoT",
    "Cgdub2RlX2lkEggKBm5vZGUtMQplCgASYRJfCjJvcmcuYXBhY2hlLmthZmthLnByb2R1Y2VyLm5vZGUucmVxdWVzdC5sYXRlbmN5",
    "Lm1heCopCicZgGGEU6oW6hghAAAAAABAYEA6EwoHbm9kZV9pZBIICgZub2RlLTE=",
  ].join(""),
  "base64",
);
