import { describe, expect, test } from "vitest";
import type { Broker } from "../../broker/broker.js";
import { envelopeOf } from "../../broker/controlling/forwarding.js";
import { errors } from "../../protocol/errors.js";
import { decodeResponse } from "../../protocol/frames/frame.js";
import { Metadata } from "../../protocol/messages/03-metadata.js";
import { Envelope } from "../../protocol/messages/58-envelope.js";
import { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import { ask } from "../ask.test-data.js";
import { handlerFor } from "./index.js";

const alice = {
  connection: { principal: { type: "User", name: "alice" }, remote: { host: "10.1.2.3" } },
  clientId: "app",
  apiVersion: 0,
};
const unregister = envelopeOf(UnregisterBroker, 0, { brokerId: 3 }, alice);

/** Broker 1 opens an Envelope. `called`: what reached the controller; `authorized`: whose rights were looked at. */
async function opened(envelope: typeof unregister, { controllerId = 1, mayAlter = true, errorCode = 0 } = {}) {
  const handler = handlerFor(Envelope.key);
  if (handler === undefined) throw new Error("it is served");
  const called: unknown[] = [];
  const authorized: string[] = [];
  const call = async (name: string, request: unknown) => {
    called.push([name, request]);
    return errorCode === 0 ? { reply: { errorCode, errorMessage: null } } : { errorCode };
  };
  const broker: Partial<Broker> = {
    nodeId: 1,
    controller: { controllerId, call, callHere: call } as unknown as Broker["controller"],
    authorizer: ({ name }, host, operation) => {
      authorized.push(`${operation} by ${name} at ${host}`);
      return mayAlter;
    },
  };
  const answer = await ask(handler, Envelope, 0, envelope, { broker });
  return { answer, called, authorized };
}

describe("an Envelope", () => {
  test("is served as if the client had asked the controller itself", async () => {
    const { answer, called, authorized } = await opened(unregister);
    expect(called).toEqual([["unregisterBroker", { brokerId: 3 }]]);
    expect(authorized).toEqual(["Alter by alice at 10.1.2.3"]);
    expect(answer.errorCode).toBe(errors.NONE.code);
    expect(decodeResponse(UnregisterBroker, 0, answer.responseData ?? Buffer.alloc(0))).toMatchObject({
      ok: true,
      value: { body: { errorCode: errors.NONE.code } },
    });
  });

  test("gives the client no more rights than it has", async () => {
    const { answer, called } = await opened(unregister, { mayAlter: false });
    expect(called).toEqual([]);
    expect(decodeResponse(UnregisterBroker, 0, answer.responseData ?? Buffer.alloc(0))).toMatchObject({
      value: { body: { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code } },
    });
  });

  test("goes back where this broker turns out to be the controller no more", async () => {
    const { answer } = await opened(unregister, { errorCode: errors.NOT_CONTROLLER.code });
    expect(answer).toEqual({ errorCode: errors.NOT_CONTROLLER.code, responseData: null });
  });

  test("goes back where this broker is not the controller", async () => {
    const { answer, called } = await opened(unregister, { controllerId: 2 });
    expect(answer).toEqual({ errorCode: errors.NOT_CONTROLLER.code, responseData: null });
    expect(called).toEqual([]);
  });

  test("may hold only what is the controller's business", async () => {
    const { answer } = await opened(envelopeOf(Metadata, 12, { topics: [] }, alice));
    expect(answer.errorCode).toBe(errors.INVALID_REQUEST.code);
    const { answer: other } = await opened({ ...unregister, requestData: Buffer.from([1, 2, 3]) });
    expect(other.errorCode).toBe(errors.INVALID_REQUEST.code);
  });

  test("that does not say who asks is not looked into", async () => {
    const nobody = { ...unregister, requestPrincipal: Buffer.from("nobody"), requestData: Buffer.from([1, 2, 3]) };
    const { answer } = await opened(nobody);
    expect(answer.errorCode).toBe(errors.PRINCIPAL_DESERIALIZATION_FAILURE.code);
  });
});
