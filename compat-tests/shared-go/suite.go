// Package compat is what the Go clients of the compatibility suite share: the talk with the suite on stdin and stdout
// (suite.go), the scenarios (scenarios_*.go, steps.go), and what they need of a client library (client.go).
package compat

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

type event struct {
	Scenario string `json:"scenario"`
	Outcome  string `json:"outcome"`
	Ms       int64  `json:"ms"`
	Message  string `json:"message,omitempty"`
}

// The suite of one process: what it was started with, and the way to ask for a deed.
type suite struct {
	bootstrap string
	prefix    string
	answers   *bufio.Scanner
}

// Run plays the scenarios that the command line names, one after the other.
func Run(open func(servers []string) (Client, error)) {
	bootstrap := flag.String("bootstrap", "", "host:port of the broker, or of several with commas between")
	prefix := flag.String("prefix", "compat", "the beginning of every topic's name")
	child := childFlags()
	flag.Parse()
	client := must(open(strings.Split(*bootstrap, ",")))
	if child.group != "" {
		child.live(client)
	}
	suite := &suite{bootstrap: *bootstrap, prefix: *prefix, answers: bufio.NewScanner(os.Stdin)}
	for _, name := range flag.Args() {
		suite.play(name, client)
	}
}

func (suite *suite) play(name string, client Client) {
	began := time.Now()
	limit := limitOf(name)
	s := &Scenario{Client: client, Topic: suite.prefix + "-" + name, suite: suite}
	done := make(chan event, 1)
	go func() { done <- outcomeOf(name, s) }()
	var told event
	select {
	case told = <-done:
	case <-time.After(limit):
		told = event{Outcome: "failed", Message: fmt.Sprintf("not done within %v", limit)}
	}
	told.Scenario, told.Ms = name, time.Since(began).Milliseconds()
	suite.print(told)
}

// A scenario ends early by a panic, that says why.
func outcomeOf(name string, s *Scenario) (told event) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case event:
			told = cause
		default:
			told = event{Outcome: "failed", Message: fmt.Sprint(cause)}
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", name, cause, debug.Stack())
		}
	}()
	play, known := scenarios[name]
	if !known {
		return event{Outcome: "unsupported", Message: "the Go clients have no such scenario"}
	}
	play(s)
	return event{Outcome: "passed"}
}

func (suite *suite) print(line any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		panic(err)
	}
}

// Scenario is one run of one scenario: the client, the topic's name, the checks.
type Scenario struct {
	Client Client
	Topic  string
	suite  *suite
}

// Ask has the suite do something to the broker: restart it, drop the connections, move a leader.
func (s *Scenario) Ask(deed string, details map[string]any) {
	line := map[string]any{"ask": deed}
	for name, value := range details {
		line[name] = value
	}
	s.suite.print(line)
	s.Require(s.suite.answers.Scan(), "the suite did not answer")
	var answer struct {
		Done    bool   `json:"done"`
		Refused string `json:"refused"`
	}
	s.Check(json.Unmarshal(s.suite.answers.Bytes(), &answer))
	if !answer.Done {
		panic(event{Outcome: "skipped", Message: answer.Refused})
	}
}

// Check ends the scenario when there is an error.
func (s *Scenario) Check(err error) { check(err) }

func check(err error) {
	switch err := err.(type) {
	case nil:
	case Unsupported:
		panic(event{Outcome: "unsupported", Message: err.Error()})
	default:
		fmt.Fprintf(os.Stderr, "%v\n%s", err, debug.Stack())
		panic(event{Outcome: "failed", Message: err.Error()})
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

// Require ends the scenario when something does not hold.
func (s *Scenario) Require(holds bool, format string, values ...any) {
	if !holds {
		check(fmt.Errorf(format, values...))
	}
}

// Equal ends the scenario when two values, printed, are not the same.
func (s *Scenario) Equal(what string, got, want any) {
	seen, wanted := fmt.Sprint(got), fmt.Sprint(want)
	s.Require(seen == wanted, "%s: %s instead of %s", what, shortened(seen), shortened(wanted))
}

func shortened(text string) string {
	if len(text) > 300 {
		return text[:300] + "…"
	}
	return text
}

// Refused ends the scenario unless the broker answered with this error.
func (s *Scenario) Refused(what string, err error, code int) {
	s.Require(err != nil, "%s was not refused", what)
	if _, cannot := err.(Unsupported); cannot {
		check(err)
	}
	s.Require(s.Client.Code(err) == code, "%s: error %d (%v) instead of %d", what, s.Client.Code(err), err, code)
}

// Until asks again and again until it is true, or the time is over.
func (s *Scenario) Until(what string, limit time.Duration, isDone func() bool) {
	deadline := time.Now().Add(limit)
	for !isDone() {
		s.Require(time.Now().Before(deadline), "%s: not within %v", what, limit)
		time.Sleep(20 * time.Millisecond)
	}
}

// limitOf is after how long a scenario counts as failed.
func limitOf(name string) time.Duration {
	patient := []string{"batch-100k", "broker-restart", "broker-kill", "leader-change"}
	slow := []string{"group-", "static-", "cooperative-", "consumer-protocol", "idempotent-", "partitions-added", "error-fenced"}
	if slices.Contains(patient, name) {
		return 240 * time.Second
	}
	if slices.ContainsFunc(slow, func(beginning string) bool { return strings.HasPrefix(name, beginning) }) {
		return 90 * time.Second
	}
	return 60 * time.Second
}
