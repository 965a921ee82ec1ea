/** What AlterConfigs and IncrementalAlterConfigs have in common: whose configuration the caller may alter. */
import type { Broker } from "../../broker/broker.js";
import type { Outcome } from "../../coordination/tickets.js";
import { configKey, configResource } from "../../metadata/image.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { nodeProblem } from "./broker-loggers.js";

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

type ResourceAnswer = Resource & Refusal;

/**
 * Answers each resource of a request, in their order: what the caller may not alter, what this broker alters itself
 * (`here` gives the answer), and the rest as the controller says.
 */
export async function alterResources<R extends Resource>(
  resources: readonly R[],
  broker: Broker,
  context: RequestContext,
  here: (resource: R) => Refusal | null,
  askController: (resources: readonly R[]) => Promise<Outcome<{ readonly responses: readonly ResourceAnswer[] }>>,
): Promise<readonly ResourceAnswer[]> {
  const answered = resources.map((resource) => refusal(resource, broker, context) ?? here(resource));
  const outcome = await askController(resources.filter((_, i) => answered[i] === null));
  const responses = "reply" in outcome ? outcome.reply.responses : [];
  const answers = new Map(responses.map((answer) => [keyOf(answer), answer]));
  const unanswered = "errorCode" in outcome ? outcome.errorCode : errors.UNKNOWN_SERVER_ERROR.code;
  return resources.map((resource, i) => {
    const { resourceType, resourceName } = resource;
    const known = answered[i] ?? answers.get(keyOf(resource)) ?? { errorCode: unanswered };
    return { ...known, resourceType, resourceName };
  });
}

function keyOf({ resourceType, resourceName }: Resource): string {
  return configKey(resourceType, resourceName);
}

function refusal({ resourceType, resourceName }: Resource, broker: Broker, context: RequestContext): Refusal | null {
  const unless = (isAllowed: boolean, errorCode: ErrorCode) => (isAllowed ? null : { errorCode, errorMessage: null });
  switch (resourceType) {
    case configResource.topic:
      return unless(context.authorize("AlterConfigs", "Topic", resourceName), errors.TOPIC_AUTHORIZATION_FAILED.code);
    case configResource.group:
      return unless(context.authorize("AlterConfigs", "Group", resourceName), errors.GROUP_AUTHORIZATION_FAILED.code);
    default: {
      const mayAlter = context.authorize("AlterConfigs", "Cluster", clusterResource);
      const isOneBroker = resourceType === configResource.broker && resourceName !== "";
      return (
        unless(mayAlter, errors.CLUSTER_AUTHORIZATION_FAILED.code) ??
        (isOneBroker && !context.isForwarded ? nodeProblem(broker, resourceName) : null)
      );
    }
  }
}
