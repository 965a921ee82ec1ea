/** The error codes anywhere in an answer: in fields called `errorCode` or with a name that ends so. */
export function errorCodesIn(answer: unknown): number[] {
  if (Array.isArray(answer)) return answer.flatMap(errorCodesIn);
  if (typeof answer !== "object" || answer === null || answer instanceof Uint8Array) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    typeof value === "number" && /errorCode$/i.test(name) ? [value] : errorCodesIn(value),
  );
}
