/** All acceptance cases, in the order of their projects and numbers. */
import type { AcceptanceCase } from "../case.js";
import { automq2863 } from "./automq-2863.js";
import { automq3192 } from "./automq-3192.js";
import { automq3346 } from "./automq-3346.js";
import { automq3460 } from "./automq-3460.js";
import { franzGo1203 } from "./franz-go-1203.js";
import { kafkajs1072 } from "./kafkajs-1072.js";
import { kafkajs1520 } from "./kafkajs-1520.js";
import { kafkajs1532 } from "./kafkajs-1532.js";
import { kop166 } from "./kop-166.js";
import { kop506 } from "./kop-506.js";
import { librdkafka4384 } from "./librdkafka-4384.js";
import { librdkafka4956 } from "./librdkafka-4956.js";
import { platformatic40 } from "./platformatic-40.js";
import { platformatic51 } from "./platformatic-51.js";
import { redpanda296 } from "./redpanda-296.js";
import { redpanda1256 } from "./redpanda-1256.js";
import { redpanda3036 } from "./redpanda-3036.js";
import { redpanda3039 } from "./redpanda-3039.js";
import { redpanda4029 } from "./redpanda-4029.js";
import { redpanda6423 } from "./redpanda-6423.js";
import { redpanda7801 } from "./redpanda-7801.js";
import { redpanda9850 } from "./redpanda-9850.js";
import { redpanda10671 } from "./redpanda-10671.js";
import { redpanda17827 } from "./redpanda-17827.js";
import { redpanda18669 } from "./redpanda-18669.js";
import { redpanda21360 } from "./redpanda-21360.js";
import { redpanda22670 } from "./redpanda-22670.js";
import { redpanda30101 } from "./redpanda-30101.js";

export const acceptanceCases: readonly AcceptanceCase[] = [
  automq2863,
  automq3192,
  automq3346,
  automq3460,
  franzGo1203,
  kafkajs1072,
  kafkajs1520,
  kafkajs1532,
  kop166,
  kop506,
  librdkafka4384,
  librdkafka4956,
  platformatic40,
  platformatic51,
  redpanda296,
  redpanda1256,
  redpanda3036,
  redpanda3039,
  redpanda4029,
  redpanda6423,
  redpanda7801,
  redpanda9850,
  redpanda10671,
  redpanda17827,
  redpanda18669,
  redpanda21360,
  redpanda22670,
  redpanda30101,
];
