import { describe, expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { decodeRequestFrame } from "../../protocol/frames/header.js";
import { CreateTopics } from "../../protocol/messages/19-create-topics.js";
import { envelopeOf, forwardedClient } from "./forwarding.js";

const request = { topics: [], timeoutMs: 1_000 };

function callerFrom(host: string, name = "alice") {
  return { connection: { principal: { type: "User", name }, remote: { host } }, clientId: "app", apiVersion: 7 };
}

describe("an Envelope", () => {
  test.each([
    ["10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["2001:db8::1", "2001:db8::1"],
    ["in memory", "127.0.0.1"],
  ])("from %s says who the client is and where", (host, told) => {
    const envelope = envelopeOf(CreateTopics, 7, request, callerFrom(host, "älice"));
    expect(forwardedClient(envelope)).toEqual({ principal: { type: "User", name: "älice" }, host: told });
  });

  test("holds the request as a frame does, with the client's own name", () => {
    const { requestData } = envelopeOf(CreateTopics, 7, request, callerFrom("10.1.2.3"));
    expect(decodeRequestFrame(requestData)).toMatchObject({
      ok: true,
      value: { header: { apiKey: 19, apiVersion: 7, clientId: "app" } },
    });
  });

  test("that does not say it in a way that can be read is refused", () => {
    const envelope = envelopeOf(CreateTopics, 7, request);
    expect(forwardedClient({ ...envelope, clientHostAddress: Buffer.alloc(5) })).toEqual({
      errorCode: errors.INVALID_REQUEST.code,
    });
    expect(forwardedClient({ ...envelope, requestPrincipal: Buffer.from([0, 0, 99]) })).toEqual({
      errorCode: errors.PRINCIPAL_DESERIALIZATION_FAILURE.code,
    });
  });
});
