/**
 * The one door to the world. Rooms take clocks, timers, chance, files, sockets and work off the loop from an
 * `Environment`; only `src/environments/node` and a few named doors import Node's own modules.
 */
export interface Environment {
  /** The clock of the domain: sessions, transactions, retention, record timestamps. A test may turn it. */
  readonly clock: Clock;
  /** The clock of the transport: max wait, RPC timeouts, throttles, idle connections, replica lag. It always runs. */
  readonly wire: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly network: Network;
  /** Runs `run` once everything that this turn of the event loop brought in has been handled. */
  endOfTurn(run: () => void): void;
  /** Pure CPU work, resumed in slices of at most 2 ms so that it never stops the loop. */
  offload<I, O>(job: Job<I, O>, input: I): Promise<O>;
}

/** A generator that yields at convenient points; the environment resumes it between other work. */
export interface Job<I, O> {
  readonly name: string;
  readonly run: (input: I) => Generator<void, O, void>;
}

export interface Instant {
  /** Milliseconds that never go back; the zero has no meaning. For deadlines. */
  readonly monotonicMs: number;
  /** Milliseconds since 1970. For timestamps that are written down. */
  readonly wallMs: number;
}

export interface Clock {
  monotonicMs(): number;
  wallMs(): number;
  /** Runs `run` at that monotonic time, or on the next turn if it has passed. Does not keep the process alive. */
  at(monotonicMs: number, run: () => void): Cancellable;
}

export interface Cancellable {
  cancel(): void;
}

export interface Random {
  bytes(count: number): Uint8Array;
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number;
  /** A version 4 UUID in Kafka's form: 22 characters of URL-safe base64. Never one that begins with `-`. */
  uuid(): string;
}

export interface Files {
  /** `read`: must exist. `write`: must exist, read and written. `create`: as `write`, made if absent. Throws `FileError`. */
  open(path: string, how: "read" | "write" | "create"): File;
  /** The names in a folder, sorted; empty when there is no such folder. */
  list(path: string): string[];
  stat(path: string): { readonly bytes: number; readonly modifiedMs: number; readonly isFolder: boolean } | null;
  /** The path from the root on: a relative one begins in the folder in which the process runs. */
  absolute(path: string): string;
  /** Makes the folder and its parents; no error when it exists. */
  createFolder(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or a folder with all that is in it; no error when there is none. */
  remove(path: string): void;
  /** The same through the thread pool: the system takes a tenth of a second for a file of a gigabyte. */
  removeInPool(path: string): Promise<void>;
  /** Makes creations, renames and removals in this folder survive a power cut. */
  syncFolder(path: string): void;
  /** The same through the thread pool: a disk may take many milliseconds, in which nobody else need wait. */
  syncFolderInPool(path: string): Promise<void>;
  space(path: string): { readonly free: number; readonly total: number };
  /** Takes the exclusive lock that keeps two brokers off one folder. The path names the lock file. */
  lock(path: string): { release(): void } | { readonly heldBy: string };
}

export interface File {
  readonly bytes: number;
  /** Writes all parts one behind the other at `at`, or throws `FileError`: a short write is a failure. */
  write(parts: readonly Uint8Array[], at: number): void;
  /** Synchronous, for recent data, headers and indexes. Returns how many bytes were read; fewer only at the end. */
  read(into: Uint8Array, at: number): number;
  /** For data that may not be in memory: through the thread pool, so that one miss does not stop every client. */
  readCold(into: Uint8Array, at: number): Promise<number>;
  sync(): Promise<void>;
  syncNow(): void;
  truncate(bytes: number): void;
  close(): void;
}

/** A failure of the file system, in words that a person can act on. */
export class FileError extends Error {
  /** The system's code: ENOENT, ENOSPC, EACCES, EIO, EROFS, … */
  readonly code: string;
  readonly path: string;

  constructor(code: string, path: string, message: string) {
    super(message);
    this.name = "FileError";
    this.code = code;
    this.path = path;
  }
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** PEM texts. */
export interface TlsOptions {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: readonly string[];
  readonly requestClientCertificate: boolean;
}

export interface Network {
  /** Rejects with `FileError`-like codes (EADDRINUSE, EACCES, EADDRNOTAVAIL) as `NetworkError`. Port 0 picks a free one. */
  listen(at: Address, tls: TlsOptions | null, on: (socket: Socket) => void): Promise<Listening>;
  connect(to: Address, tls: TlsOptions | null): Socket;
}

export interface Listening {
  readonly address: Address;
  /** Stops accepting. Sockets that were accepted live on. */
  close(): Promise<void>;
}

export class NetworkError extends Error {
  /** The system's code: EADDRINUSE, EACCES, ECONNREFUSED, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "NetworkError";
    this.code = code;
  }
}

export interface Socket {
  readonly local: Address;
  readonly remote: Address;
  /** The name that a TLS client asked for, else null. */
  readonly serverName: string | null;
  /**
   * Starts reading. `into` is asked for a non-empty buffer before each read; `on` is told how many bytes arrived in it.
   * The reader owns the buffers.
   */
  receive(into: () => Uint8Array, on: (bytes: number) => void): void;
  /**
   * Sends the chunks in order, by reference: they must not change until `taken` runs.
   * `taken` runs exactly once, when the system has them or when the socket closed.
   * Returns false when the socket's queue is full: wait for `onDrain` before producing more.
   */
  send(chunks: readonly Uint8Array[], taken: () => void): boolean;
  onDrain(run: () => void): void;
  /** Runs once, for whatever reason the socket ended; `why` is for the log. */
  onClose(run: (why: string) => void): void;
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes. */
  close(): void;
}
