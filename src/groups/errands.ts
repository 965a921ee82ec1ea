/** The errands of the group machine: pure work, done in slices beside it. */
import type { Job } from "../lib/environment.js";
import { invariant, unreachable } from "../lib/invariant.js";
import { assignors } from "./assignors/index.js";
import { resolveRegexes } from "./consumer/assignment/topic-regex.js";
import type { GroupErrand, GroupErrandResult } from "./group-types.js";

export const groupErrand: Job<GroupErrand, GroupErrandResult> = {
  name: "work out an assignment",
  *run(errand) {
    switch (errand.type) {
      case "assign": {
        const assignor = assignors.get(errand.assignor);
        invariant(assignor !== undefined, "only assignors that there are can be configured");
        return { type: "assigned", errand, assignment: yield* assignor.assign(errand.spec) };
      }
      case "resolve": {
        const names = errand.metadata.topicsByName.keys();
        return { type: "resolved", errand, resolved: yield* resolveRegexes(errand.regexes, names) };
      }
      default:
        return unreachable(errand);
    }
  },
};
