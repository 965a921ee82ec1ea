/** What AlterConfigs and IncrementalAlterConfigs have in common: whose configuration the caller may alter. */
import type { Outcome } from "../coordination/tickets.js";
import { configKey, configResource } from "../metadata/image.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { clusterResource } from "../security/authorizer.js";
import type { RequestContext } from "./context.js";

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

interface ResourceAnswer extends Resource {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

/** Answers each resource of a request, in their order: what the caller may not alter, and the rest as the controller says. */
export async function alterResources<R extends Resource>(
  resources: readonly R[],
  context: RequestContext,
  askController: (resources: readonly R[]) => Promise<Outcome<{ readonly responses: readonly ResourceAnswer[] }>>,
): Promise<readonly ResourceAnswer[]> {
  const allowed = resources.filter((resource) => refusal(resource, context) === null);
  const outcome = await askController(allowed);
  const responses = "reply" in outcome ? outcome.reply.responses : [];
  const answers = new Map(responses.map((answer) => [keyOf(answer), answer]));
  const unanswered = "errorCode" in outcome ? outcome.errorCode : errors.UNKNOWN_SERVER_ERROR.code;
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const refused = refusal(resource, context);
    if (refused !== null) return { resourceType, resourceName, ...refused };
    return answers.get(keyOf(resource)) ?? { resourceType, resourceName, errorCode: unanswered };
  });
}

function keyOf({ resourceType, resourceName }: Resource): string {
  return configKey(resourceType, resourceName);
}

interface Refusal {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

function refusal({ resourceType, resourceName }: Resource, context: RequestContext): Refusal | null {
  const unless = (isAllowed: boolean, errorCode: ErrorCode) => (isAllowed ? null : { errorCode, errorMessage: null });
  switch (resourceType) {
    case configResource.topic:
      return unless(context.authorize("AlterConfigs", "Topic", resourceName), errors.TOPIC_AUTHORIZATION_FAILED.code);
    case configResource.group:
      return unless(context.authorize("AlterConfigs", "Group", resourceName), errors.GROUP_AUTHORIZATION_FAILED.code);
    default:
      return (
        unless(
          context.authorize("AlterConfigs", "Cluster", clusterResource),
          errors.CLUSTER_AUTHORIZATION_FAILED.code,
        ) ?? refuseBroker(resourceType)
      );
  }
}

function refuseBroker(resourceType: number): Refusal | null {
  if (resourceType !== configResource.broker) return null;
  const errorMessage = "Only topics and groups can be configured while the broker runs; set it where the broker starts";
  return { errorCode: errors.INVALID_REQUEST.code, errorMessage };
}
