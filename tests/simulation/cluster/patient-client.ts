import type { Api, RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { type Client, ConnectionLost } from "../client.js";

const PAUSE_MS = 100;
const ATTEMPTS_MAX = 300;

/** Asks until it is answered. For requests that may be carried out twice. */
export class PatientClient implements Client {
  readonly clientId: string;
  readonly #client: Client;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(client: Client, sleep: (ms: number) => Promise<void>) {
    this.clientId = client.clientId;
    this.#client = client;
    this.#sleep = sleep;
  }

  get each(): readonly Client[] {
    return this.#client.each.map((one) => new PatientClient(one, this.#sleep));
  }

  async request<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#client.request(api, version, body);
      } catch (failure) {
        if (!(failure instanceof ConnectionLost) || attempt === ATTEMPTS_MAX) throw failure;
        await this.#sleep(PAUSE_MS);
      }
    }
  }

  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void {
    this.#client.sendOnly(api, version, body);
  }

  close(): void {
    this.#client.close();
  }
}
