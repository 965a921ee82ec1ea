/** A version 4 UUID in Kafka's form: 16 random bytes as URL-safe base64, drawn again while it begins with `-`. */
export function uuidFrom(randomBytes: (count: number) => Uint8Array): string {
  for (;;) {
    const bytes = Buffer.from(randomBytes(16));
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const text = bytes.toString("base64url");
    // Kafka avoids them because a command line would take them for an option.
    if (!text.startsWith("-")) return text;
  }
}
