import { expect, test } from "vitest";
import type { BrokerImage } from "../../metadata/image/image.js";
import { broker1 } from "../../metadata/image/image.test-data.js";
import { brokerNews } from "./broker-news.js";

const serving: BrokerImage = { ...broker1, fenced: false, inControlledShutdown: false };
const fenced: BrokerImage = { ...serving, fenced: true };
const stopping: BrokerImage = { ...serving, inControlledShutdown: true };

function of(...brokers: readonly BrokerImage[]) {
  return { brokers: new Map(brokers.map((broker, i) => [i + 1, broker])) };
}

test.each([
  ["a broker that registers is no news before it serves", of(), of(fenced), []],
  ["one that serves has joined", of(serving, fenced), of(serving, serving), ["info 2 a broker has joined the cluster"]],
  ["one that gives its leaderships away is no news before it is gone", of(serving), of(stopping), []],
  [
    "one that was let go has left in order",
    of(stopping),
    of(fenced),
    ["info 1 a broker has left the cluster in order"],
  ],
  [
    "one that sends no heartbeat is a warning",
    of(serving, serving),
    of(fenced, serving),
    ["warn 1 a broker is away: it was silent for too long, or led nothing when it stopped"],
  ],
  ["one that the cluster forgets was removed", of(serving, fenced), of(serving), ["info 2 a broker was removed"]],
])("%s", (_, before, after, told) => {
  const news = brokerNews(before, after);
  expect(news.map(({ level, broker, sentence }) => `${level} ${broker} ${sentence}`)).toEqual(told);
});
