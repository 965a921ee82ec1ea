/** What .ci/run asks of a report of vitest: `node .ci/vitest-report.mjs REPORT counts|tests|files`. Without a report: no tests. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const [file, question] = process.argv.slice(2);
const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const { testResults = [], numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;

const answers = {
  counts: () => [`${numPassedTests} ${numFailedTests} ${numPendingTests + numTodoTests}`],
  // A file can fail without a failed test: what it prepares has failed.
  files: () => testResults.filter(isFailed).map(({ name }) => path.relative(".", name)),
  tests: () => testResults.filter(isFailed).map(failedTests),
};

for (const line of answers[question]()) console.log(line);

function isFailed({ status }) {
  return status === "failed";
}

function failedTests({ name, assertionResults }) {
  const titles = assertionResults.filter(isFailed).map(({ fullName }) => fullName);
  return titles.length > 0 ? titles.join("; ") : path.relative(".", name);
}
