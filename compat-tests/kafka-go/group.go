package main

import (
	"context"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"samsa.test/compat"
)

// member runs the generations of its group: in each it has a reader for each of its partitions.
type member struct {
	inbox
	compat.Holdings
	client     *client
	group      *kafka.ConsumerGroup
	end        context.CancelFunc
	lock       sync.Mutex
	generation *kafka.Generation
}

func (client *client) Join(options compat.MemberOptions) (compat.Member, error) {
	if reason := unsupported(options); reason != "" {
		return nil, reason
	}
	start := kafka.FirstOffset
	if options.AtEnd {
		start = kafka.LastOffset
	}
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: options.Group, Brokers: client.servers, Topics: []string{options.Topic}, StartOffset: start,
		Dialer:            &kafka.Dialer{ClientID: options.ClientID, Timeout: 10 * time.Second},
		GroupBalancers:    []kafka.GroupBalancer{kafka.RangeGroupBalancer{}},
		HeartbeatInterval: time.Second, SessionTimeout: options.SessionTimeout, JoinGroupBackoff: 200 * time.Millisecond,
		WatchPartitionChanges: true, PartitionWatchInterval: time.Second,
	})
	if err != nil {
		return nil, err
	}
	lifetime, end := context.WithCancel(context.Background())
	member := &member{inbox: newInbox(), client: client, group: group, end: end}
	go member.run(lifetime, options.Topic)
	return member, nil
}

func unsupported(options compat.MemberOptions) compat.Unsupported {
	switch {
	case options.Pattern:
		return "kafka-go subscribes to names, not to patterns"
	case options.InstanceID != "":
		return "kafka-go has no static members"
	case options.Cooperative:
		return "kafka-go has no cooperative assignor"
	case options.ConsumerProtocol:
		return "kafka-go speaks the classic group protocol only"
	}
	return ""
}

func (member *member) run(lifetime context.Context, topic string) {
	for {
		generation, err := member.group.Next(lifetime)
		if lifetime.Err() != nil {
			return
		}
		// The group goes on after an error: it joins again.
		if err == nil {
			member.begin(generation, topic)
		}
	}
}

func (member *member) begin(generation *kafka.Generation, topic string) {
	member.lock.Lock()
	member.generation = generation
	member.lock.Unlock()
	for _, assignment := range generation.Assignments[topic] {
		partition := int32(assignment.ID)
		member.Gain(partition)
		generation.Start(func(lifetime context.Context) {
			member.readPartition(lifetime, topic, assignment)
			member.Lose(partition)
		})
	}
}

func (member *member) readPartition(lifetime context.Context, topic string, assignment kafka.PartitionAssignment) {
	reader, err := member.client.partitionReader(topic, assignment.ID, assignment.Offset, kafka.ReadUncommitted)
	if err == nil {
		takeAll(lifetime, member.inbox, reader)
		err = reader.Close()
	}
	if err != nil {
		member.Errors <- err
	}
}

func (member *member) Commit(topic string, partition int32, offset int64) error {
	member.lock.Lock()
	generation := member.generation
	member.lock.Unlock()
	return generation.CommitOffsets(map[string]map[int]int64{topic: {int(partition): offset}})
}

func (member *member) Close() error {
	member.end()
	return member.group.Close()
}
