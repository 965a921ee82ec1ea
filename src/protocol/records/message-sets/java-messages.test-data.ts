/**
 * Messages written by the Java client 3.9.1, the last that could (`MemoryRecords.builder`, base offset 100): the same three
 * in both magics and with each codec.
 */
import type { MessageMagic } from "./message.js";

interface JavaMessages {
  readonly magic: MessageMagic;
  readonly codec: "none" | "gzip" | "snappy" | "lz4";
  readonly base64: string;
}

export const javaMessages: readonly JavaMessages[] = [
  {
    magic: 0,
    codec: "none",
    base64:
      "AAAAAAAAAGQAAAAS3NkhZAAAAAAAAWsAAAADb25lAAAAAAAAAGUAAAARZzL0CwAA/////wAAAAN0d28AAAAAAAAAZgAAABKWEAuRAAAAAAAEZ29uZf////8=",
  },
  {
    magic: 0,
    codec: "gzip",
    base64:
      "AAAAAAAAAGYAAABaA6dyGAAB/////wAAAEwfiwgAAAAAAAD/Y2AAgxQgFrpzUzEFzGPMBhLM+XmpEEkGEC2YbvSFm4HhPxCAJEvK86GSaSCt0wS4J4J5LOlAbSBFAPsOTMpZAAAA",
  },
  {
    magic: 0,
    codec: "snappy",
    base64:
      "AAAAAAAAAGYAAABvFGZ2VgAC/////wAAAGGCU05BUFBZAAAAAAEAAAABAAAATVkAAAkBHGQAAAAS3NkhAQgoAAABawAAAANvbmUJHQAAAQgoEWcy9AsAAP////8BHQh0d28NHQBmATtElhALkQAAAAAABGdvbmX/////",
  },
  {
    magic: 0,
    codec: "lz4",
    base64:
      "AAAAAAAAAGYAAABs2OuQiAAD/////wAAAF4EIk0YYEAaTwAAABIAAQCAZAAAABLc2SEIALAAAAFrAAAAA29uZQ0AMAAAAAgAsBFnMvQLAAD/////HQAxdHdvGwAwAABmOwBAlhALkQ0AoAAEZ29uZf////8AAAAA",
  },
  {
    magic: 1,
    codec: "none",
    base64:
      "AAAAAAAAAGQAAAAaLuQCaAEAAAABi8/laAAAAAABawAAAANvbmUAAAAAAAAAZQAAABlMiV/XAQAAAAGLz+VoB/////8AAAADdHdvAAAAAAAAAGYAAAAa2edEUwEAAAABi8/laAMAAAAEZ29uZf////8=",
  },
  {
    magic: 1,
    codec: "gzip",
    base64:
      "AAAAAAAAAGYAAABsVr7TNQEBAAABi8/laAf/////AAAAVh+LCAAAAAAAAP9jYIADKb0nTBmMQAZj9/mnGSARxmwgwZyflwpVAZKU9OmMvw5Xxf4fCECKSsrzoYqYQEbdfO4SDFfEDGSwpAONASkGAGrIIyhxAAAA",
  },
  {
    magic: 1,
    codec: "snappy",
    base64:
      "AAAAAAAAAGYAAACGJ7GrlgECAAABi8/laAf/////AAAAcIJTTkFQUFkAAAAAAQAAAAEAAABccQAAGQE0Gi7kAmgBAAAAAYvP5WgBGCABawAAAANvbmUBDQEZHAAAABlMiV/XAQkFJhAH/////wElCHR3bwEiLAAAAAIAAAAa2edEUxUlMAMAAAAEZ29uZf////8=",
  },
  {
    magic: 1,
    codec: "lz4",
    base64:
      "AAAAAAAAAGYAAAB+D/s/CAEDAAABi8/laAf/////AAAAaAQiTRhgQIJZAAAAFgABAOAaLuQCaAEAAAABi8/laBgAkAFrAAAAA29uZQ0AABkAhQAAABlMiV/XJgBQB/////8lADF0d28jALUAAAIAAAAa2edEUyUA0AMAAAAEZ29uZf////8AAAAA",
  },
];

export const javaMessageRecords = [
  { timestampMs: 1_700_000_000_000, key: Buffer.from("k"), value: Buffer.from("one") },
  { timestampMs: 1_700_000_000_007, key: null, value: Buffer.from("two") },
  { timestampMs: 1_700_000_000_003, key: Buffer.from("gone"), value: null },
];
