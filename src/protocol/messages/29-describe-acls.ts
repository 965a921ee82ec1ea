/**
 * DescribeAcls: the ACLs that match a filter.
 *
 * 0  the first (KIP-133)
 * 1  patterns of resource names (KIP-290)
 * 2  flexible
 * 3  users as resources (KIP-373)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeAcls = api({
  key: 29,
  name: "DescribeAcls",
  versions: "0-3",
  flexible: "2+",
  request: {
    resourceTypeFilter: int8(),
    resourceNameFilter: string({ nullable: "0+" }),
    patternTypeFilter: int8({ versions: "1+", default: 3 }),
    principalFilter: string({ nullable: "0+" }),
    hostFilter: string({ nullable: "0+" }),
    operation: int8(),
    permissionType: int8(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      patternType: int8({ versions: "1+", default: 3 }),
      acls: array({ principal: string(), host: string(), operation: int8(), permissionType: int8() }),
    }),
  },
});
