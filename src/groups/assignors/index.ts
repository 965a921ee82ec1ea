/** The assignors that members may choose from, by the name that they are called by in `group.consumer.assignors`. */
import type { Assignor } from "./assignor.js";
import { range } from "./range.js";
import { uniform } from "./uniform.js";

export const assignors: ReadonlyMap<string, Assignor> = new Map([uniform, range].map((each) => [each.name, each]));
