/* librdkafka of the distribution in the suite: compat-tests/README.md, "The contract of a client's program". Each scenario
 * runs in a process of its own, made by fork: what it leaves open ends with it. */
#include "harness.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *bootstrap = "";
char topic[512], group[600], transactional_id[600];
jmp_buf give_up;
char message[1024];
bool was_refused;

static const scenario_t *find(const char *id) {
  const scenario_t *lists[] = {record_scenarios, group_scenarios, admin_scenarios, fault_scenarios};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    for (const scenario_t *one = lists[i]; one->id != NULL; one++) {
      if (strcmp(one->id, id) == 0) return one;
    }
  }
  return NULL;
}

static void report(const char *id, const char *outcome, int64_t ms, const char *why) {
  printf("{\"scenario\":\"%s\",\"outcome\":\"%s\",\"ms\":%lld,\"message\":\"", id, outcome, (long long)ms);
  for (; *why != 0; why++) putchar(*why == '"' || *why == '\\' || (unsigned char)*why < ' ' ? ' ' : *why);
  printf("\"}\n");
  fflush(stdout);
}

static const char *late = "";

static void on_alarm(int signal_number) {
  (void)signal_number;
  report(late, "failed", 0, "did not end within its limit");
  _exit(0);
}

/* The rest of the life of a scenario's process. */
static _Noreturn void live(const scenario_t *scenario, const char *prefix) {
  static int64_t started;
  snprintf(topic, sizeof topic, "%s-%s", prefix, scenario->id);
  snprintf(group, sizeof group, "%s-group", topic);
  snprintf(transactional_id, sizeof transactional_id, "%s-tx", topic);
  late = scenario->id;
  signal(SIGALRM, on_alarm);
  alarm((unsigned)scenario->limit_s);
  started = now_ms();
  if (setjmp(give_up) == 0) {
    scenario->run();
    report(late, "passed", now_ms() - started, "");
  } else {
    report(late, was_refused ? "skipped" : "failed", now_ms() - started, message);
  }
  _exit(0);
}

static void run(const char *id, const char *prefix) {
  const scenario_t *scenario = find(id);
  if (scenario == NULL) {
    report(id, "unsupported", 0, "");
    return;
  }
  pid_t child = fork();
  if (child == 0) live(scenario, prefix);
  int status;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) report(id, "failed", 0, "the scenario's process crashed");
}

int main(int count, char **arguments) {
  const char *prefix = "";
  setvbuf(stdin, NULL, _IONBF, 0);
  if (count == 5 && strcmp(arguments[1], "--doomed") == 0) {
    bootstrap = arguments[2];
    return live_until_killed(arguments[3], arguments[4]);
  }
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--bootstrap") == 0) bootstrap = arguments[++i];
    else if (strcmp(arguments[i], "--prefix") == 0) prefix = arguments[++i];
    else run(arguments[i], prefix);
  }
  return 0;
}
