package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const membersPerGroup = 4

// Opens connections that say nothing, and holds them.
func idle(o options) (outcome, error) {
	for i := 0; i < o.connections; i++ {
		connection, err := net.Dial("tcp", o.bootstrap)
		if err != nil {
			return outcome{}, err
		}
		defer connection.Close()
	}
	return outcome{Records: o.connections}, waitForLine()
}

// Groups whose members only live.
func groups(o options) (outcome, error) {
	for i := 0; i < o.groups; i++ {
		for member := 0; member < membersPerGroup; member++ {
			client, err := kgo.NewClient(
				kgo.SeedBrokers(o.bootstrap),
				kgo.ConsumerGroup(fmt.Sprintf("idle-%d", i)),
				kgo.ConsumeTopics(o.topic),
				kgo.FetchMaxWait(5*time.Second),
			)
			if err != nil {
				return outcome{}, err
			}
			defer client.CloseAllowingRebalance()
		}
	}
	return outcome{Records: o.groups}, waitForLine()
}

// Tells that all is up, and goes on when the bench has seen what it wanted.
func waitForLine() error {
	fmt.Println("ready")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}
