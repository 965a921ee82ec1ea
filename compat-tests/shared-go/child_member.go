package compat

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"time"
)

// A member in a process of its own, which can die without a word: the program starts itself with other flags.
type childMember struct {
	group   string
	topic   string
	session time.Duration
}

func childFlags() *childMember {
	child := &childMember{}
	flag.StringVar(&child.group, "member-of", "", "only be a member of this group, until killed")
	flag.StringVar(&child.topic, "topic", "", "the topic of the member")
	flag.DurationVar(&child.session, "session", 0, "the session time-out of the member")
	return child
}

// live ends when its parent closes stdin, at the latest.
func (child *childMember) live(client Client) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	options := MemberOptions{Group: child.group, Topic: child.topic, ClientID: "child", SessionTimeout: child.session}
	member := must(client.Join(options))
	for {
		_, err := member.Read()
		check(err)
	}
}

type childProcess struct {
	command *exec.Cmd
	stdin   io.Closer
}

func (s *Scenario) startChildMember(session time.Duration) *childProcess {
	command := exec.Command(os.Args[0], "--bootstrap", s.suite.bootstrap,
		"--member-of", s.group(), "--topic", s.Topic, "--session", session.String())
	command.Stderr = os.Stderr
	stdin := must(command.StdinPipe())
	s.Check(command.Start())
	return &childProcess{command, stdin}
}

// kill is SIGKILL. Killing twice does nothing.
func (child *childProcess) kill() {
	_ = child.command.Process.Kill()
	_ = child.command.Wait()
	_ = child.stdin.Close()
}
