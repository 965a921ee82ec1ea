/** One member of the etcd cluster, and the connection over which it is asked. */
import type { ChannelOptions, Client, ServiceError } from "@grpc/grpc-js";
import type { Address } from "../../../../lib/environment.js";
import { hostAndPort } from "../../../../lib/host-and-port.js";
import type { Call } from "./calls.js";
import { EtcdFailure, failureOf } from "./failure.js";
import { decode, encode, type GivenOf, type Message, type ValueOf } from "./message.js";

/** It takes a fifth of a second to load, so it is handed in by who needs it. */
export type Grpc = Pick<typeof import("./grpc.js"), "Client" | "Metadata" | "credentials">;

export interface EtcdTls {
  readonly ca: string;
  readonly cert: string | null;
  readonly key: string | null;
}

export interface Stream<Q> {
  send(given: Q): void;
  /** Nothing is told of it any more. */
  end(): void;
}

export interface StreamEnds<A> {
  readonly onAnswer: (answer: A) => void;
  /** Told once, unless it was ended from here. */
  readonly onFailure: (failure: EtcdFailure) => void;
}

const channelOptions: ChannelOptions = {
  // More often than every 5 s, and etcd closes the connection.
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 2_000,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 500,
  // A member that is asked in vain is left for another one at once, by us.
  "grpc.enable_retries": 0,
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.service_config_disable_resolution": 1,
  // A member that is replaced keeps its name, and has another address; by default that is found out after half a minute.
  "grpc.dns_min_time_between_resolutions_ms": 1_000,
  "grpc.max_receive_message_length": 64 * 1024 * 1024,
};

export class Member {
  /** For people: where it is. */
  readonly place: string;
  readonly #grpc: Grpc;
  readonly #readTls: (() => EtcdTls) | null;
  #tls: EtcdTls | null;
  #client: Client;

  /** Throws where there is no TLS with what is given. */
  constructor(grpc: Grpc, address: Address, readTls: (() => EtcdTls) | null) {
    this.place = hostAndPort(address);
    this.#grpc = grpc;
    this.#readTls = readTls;
    this.#tls = readTls?.() ?? null;
    this.#client = this.#connect(this.#tls);
  }

  /** If its certificates were replaced, the next connection is made with the new ones. */
  renewTls(): void {
    const tls = this.#readTls?.() ?? null;
    if (JSON.stringify(tls) === JSON.stringify(this.#tls)) return;
    try {
      const client = this.#connect(tls);
      this.#client.close();
      this.#client = client;
      this.#tls = tls;
    } catch {
      // Half of them are replaced, and do not fit together yet.
    }
  }

  /** Rejects with `EtcdFailure`. */
  ask<Q extends Message, A extends Message>(
    { path, request, answer }: Call<Q, A>,
    given: GivenOf<Q>,
    how: { readonly token: string | null; readonly timeoutMs: number },
  ): Promise<ValueOf<A>> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<GivenOf<Q>, ValueOf<A>>(
        path,
        (value) => encode(request, value),
        (bytes) => decode(answer, bytes),
        given,
        this.#metadata(how.token),
        { deadline: Date.now() + how.timeoutMs },
        (error, value) => {
          if (error !== null) reject(failureOf(error, this.place));
          else if (value === undefined) reject(new EtcdFailure("unanswered", `etcd at ${this.place}: an empty answer`));
          else resolve(value);
        },
      );
    });
  }

  open<Q extends Message, A extends Message>(
    { path, request, answer }: Call<Q, A>,
    token: string | null,
    { onAnswer, onFailure }: StreamEnds<ValueOf<A>>,
  ): Stream<GivenOf<Q>> {
    const metadata = this.#metadata(token);
    // A member that has lost its leader ends the stream; without this it would stay silent for ever.
    metadata.set("hasleader", "true");
    const stream = this.#client.makeBidiStreamRequest<GivenOf<Q>, ValueOf<A>>(
      path,
      (value) => encode(request, value),
      (bytes) => decode(answer, bytes),
      metadata,
    );
    let isOpen = true;
    const fail = (failure: EtcdFailure) => {
      if (isOpen) onFailure(failure);
      isOpen = false;
    };
    stream.on("data", (value: ValueOf<A>) => {
      if (isOpen) onAnswer(value);
    });
    stream.on("error", (error: ServiceError) => fail(failureOf(error, this.place)));
    stream.on("end", () => fail(new EtcdFailure("unanswered", `etcd at ${this.place}: the stream ended`)));
    return {
      send: (given) => {
        if (isOpen) stream.write(given);
      },
      end: () => {
        isOpen = false;
        stream.cancel();
      },
    };
  }

  close(): void {
    this.#client.close();
  }

  #connect(tls: EtcdTls | null): Client {
    const { credentials, Client } = this.#grpc;
    return new Client(
      this.place,
      tls === null ? credentials.createInsecure() : secured(this.#grpc, tls),
      channelOptions,
    );
  }

  #metadata(token: string | null) {
    const metadata = new this.#grpc.Metadata();
    if (token !== null) metadata.set("token", token);
    return metadata;
  }
}

function secured({ credentials }: Grpc, { ca, cert, key }: EtcdTls) {
  const bytesOf = (pem: string | null) => (pem === null ? null : Buffer.from(pem));
  return credentials.createSsl(bytesOf(ca), bytesOf(key), bytesOf(cert));
}
