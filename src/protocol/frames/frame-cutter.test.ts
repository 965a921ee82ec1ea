import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cut, type Frame, FrameCutter } from "./frame-cutter.js";
import { FrameMemory } from "./frame-memory.js";

/** Sends `stream` through a cutter in pieces of the given sizes, over and over. */
function cutIn(
  stream: Buffer,
  pieces: readonly number[],
  options: { maxFrameBytes?: number; memoryBytes?: number } = {},
) {
  const frames: Buffer[] = [];
  const memory = new FrameMemory(options.memoryBytes ?? 64 * 1024 * 1024);
  const cutter: FrameCutter = new FrameCutter({
    scratch: Buffer.alloc(64 * 1024),
    maxFrameBytes: options.maxFrameBytes ?? 100 * 1024 * 1024,
    memory,
    onFrame: (frame) => {
      frames.push(Buffer.from(frame.bytes));
      memory.release(frame.reservedBytes);
      if (frame.reusable === null) return;
      // Whoever still looked at it would not find what was sent.
      frame.reusable.fill(0xee);
      memory.buffers.release(frame.reusable);
    },
    onGranted: () => undefined,
  });
  let cut: Cut = "read on";
  for (let at = 0, turn = 0; at < stream.length && cut === "read on"; turn++) {
    const into = cutter.into();
    const size = Math.min(pieces[turn % pieces.length] ?? 1, into.length, stream.length - at);
    into.set(stream.subarray(at, at + size));
    cut = cutter.received(size);
    at += size;
  }
  return { frames, cut, memory };
}

function framed(...bodies: Buffer[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(body.length);
      return [length, body];
    }),
  );
}

describe("cutting a stream into frames", () => {
  test("yields the same frames however the network cut the stream", () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40_000 }), { minLength: 1, maxLength: 6 });
    const pieces = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(bodies, pieces, (contents, sizes) => {
        const expected = contents.map((content) => Buffer.from(content));
        const { frames, cut } = cutIn(framed(...expected), sizes);
        expect(cut).toBe("read on");
        expect(frames.length).toBe(expected.length);
        for (const [i, frame] of frames.entries()) expect(frame.equals(expected[i] ?? Buffer.alloc(0))).toBe(true);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("holds a frame of several megabytes together while its buffer grows", () => {
    const body = Buffer.alloc(5 * 1024 * 1024 + 17);
    for (let i = 0; i < body.length; i += 4) body.writeUInt32BE(i, Math.min(i, body.length - 4));
    const { frames, memory } = cutIn(framed(body, Buffer.from("next")), [65_536, 1, 9_999]);
    expect(frames.map((frame) => frame.length)).toEqual([body.length, 4]);
    expect(frames[0]?.equals(body)).toBe(true);
    expect(memory.reservedBytes).toBe(0);
  });

  test.each([-1, -2147483648, 1001, 2147483647])(
    "refuses an announced length of %i before keeping a byte",
    (length) => {
      const header = Buffer.alloc(4);
      header.writeInt32BE(length);
      const { cut, frames, memory } = cutIn(Buffer.concat([header, Buffer.alloc(100)]), [104], { maxFrameBytes: 1000 });
      expect(cut).toEqual({ refused: expect.stringContaining(String(length)) });
      expect(frames).toEqual([]);
      expect(memory.reservedBytes).toBe(0);
    },
  );
});

describe("the memory that all connections share", () => {
  test("lets the buffer of a frame that was given back serve the next one, and nothing of it shows", () => {
    const memory = new FrameMemory(1 << 20);
    const frames: Frame[] = [];
    const cutter: FrameCutter = new FrameCutter({
      ...{ scratch: Buffer.alloc(64 * 1024), maxFrameBytes: 1 << 20, memory },
      onFrame: (frame) => void frames.push(frame),
      onGranted: () => undefined,
    });
    const send = (body: Buffer) => {
      const stream = framed(body);
      cutter.into().set(stream);
      cutter.received(stream.length);
      return frames.at(-1);
    };
    const first = send(Buffer.alloc(50_000, 1));
    const second = send(Buffer.alloc(40_000, 2));
    expect(first?.reusable?.buffer).not.toBe(second?.reusable?.buffer);
    if (first?.reusable) memory.buffers.release(first.reusable);
    const third = send(Buffer.alloc(45_000, 3));
    expect(third?.bytes.buffer).toBe(first?.bytes.buffer);
    expect(third?.bytes.equals(Buffer.alloc(45_000, 3))).toBe(true);
    expect(second?.bytes.equals(Buffer.alloc(40_000, 2))).toBe(true);
    expect(send(Buffer.from("small"))?.reusable).toBeNull();
    // As large as a batch of the default `batch.size` makes it.
    expect(send(Buffer.alloc(15_900, 4))?.reusable).not.toBeNull();
  });

  test("makes who finds no room wait until a frame before it is done with", () => {
    const memory = new FrameMemory(100);
    const granted: string[] = [];
    expect(memory.reserve(80, () => undefined)).toBe(true);
    expect(memory.reserve(50, () => granted.push("second"))).toBe(false);
    expect(memory.reserve(10, () => granted.push("third"))).toBe(false);
    memory.release(80);
    expect(granted).toEqual(["second", "third"]);
    expect(memory.reservedBytes).toBe(60);
  });

  test("passes over a connection that closed while it waited", () => {
    const memory = new FrameMemory(100);
    const gone = () => expect.unreachable();
    const granted: string[] = [];
    memory.reserve(80, () => undefined);
    memory.reserve(90, gone);
    memory.reserve(20, () => granted.push("behind it"));
    memory.forget(gone);
    expect(granted).toEqual(["behind it"]);
  });

  test("a connection without room stops reading and goes on with what had arrived", () => {
    const memory = new FrameMemory(100_000);
    const frames: number[] = [];
    let grants = 0;
    const make = (): FrameCutter =>
      new FrameCutter({
        scratch: Buffer.alloc(64 * 1024),
        maxFrameBytes: 100_000,
        memory,
        onFrame: (frame) => frames.push(frame.bytes.length),
        onGranted: () => grants++,
      });
    const stream = framed(Buffer.alloc(70_000, 7));
    const first = make();
    const second = make();
    for (const [cutter, expected] of [
      [first, "read on"],
      [second, "wait"],
    ] as const) {
      stream.copy(cutter.into() as Buffer, 0, 0, 1000);
      expect(cutter.received(1000)).toBe(expected);
    }
    first.close();
    expect(grants).toBe(1);
    expect(second.resume()).toBe("read on");
    for (let at = 1000; at < stream.length; ) {
      const into = second.into();
      const size = Math.min(into.length, stream.length - at);
      into.set(stream.subarray(at, at + size));
      second.received(size);
      at += size;
    }
    expect(frames).toEqual([70_000]);
  });
});
