package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"samsa.test/compat"
)

// member is also the handler of its claims: one for each partition that it has.
type member struct {
	inbox
	compat.Holdings
	group   sarama.ConsumerGroup
	cancel  context.CancelFunc
	ended   sync.WaitGroup
	lock    sync.Mutex
	session sarama.ConsumerGroupSession
}

func (client *client) Join(options compat.MemberOptions) (compat.Member, error) {
	if options.Pattern {
		return nil, compat.Unsupported("sarama subscribes to names, not to patterns")
	}
	if options.ConsumerProtocol {
		return nil, compat.Unsupported("sarama speaks the classic group protocol only")
	}
	group, err := sarama.NewConsumerGroup(client.servers, options.Group, memberSettings(options))
	if err != nil {
		return nil, err
	}
	lifetime, cancel := context.WithCancel(context.Background())
	member := &member{inbox: newInbox(), group: group, cancel: cancel}
	member.ended.Go(func() {
		for lifetime.Err() == nil {
			err := group.Consume(lifetime, []string{options.Topic}, member)
			if err == nil {
				continue
			}
			member.Errors <- err
			if errors.Is(err, sarama.ErrClosedConsumerGroup) || errors.Is(err, sarama.ErrFencedInstancedId) {
				return
			}
			// The library gives up sooner than a broker may take to come back.
			time.Sleep(100 * time.Millisecond)
		}
	})
	go func() {
		for err := range group.Errors() {
			member.Errors <- err
		}
	}()
	return member, nil
}

func memberSettings(options compat.MemberOptions) *sarama.Config {
	config := settings(options.OldProtocol)
	config.ClientID = options.ClientID
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	if options.AtEnd {
		config.Consumer.Offsets.Initial = sarama.OffsetNewest
	}
	config.Consumer.Group.InstanceId = options.InstanceID
	config.Consumer.Group.Session.Timeout = options.SessionTimeout
	config.Consumer.Group.Heartbeat.Interval = time.Second
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{sarama.NewBalanceStrategyRange()}
	if options.Cooperative {
		cooperative := sarama.NewBalanceStrategyCooperativeSticky()
		config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{cooperative}
	}
	return config
}

func (member *member) Setup(session sarama.ConsumerGroupSession) error {
	member.lock.Lock()
	defer member.lock.Unlock()
	member.session = session
	return nil
}

func (*member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

// ConsumeClaim runs as long as the member has the partition.
func (member *member) ConsumeClaim(_ sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	member.Gain(claim.Partition())
	takeAll(member.inbox, claim.Messages())
	member.Lose(claim.Partition())
	return nil
}

// Commit has no answer of its own: what fails comes as one of the member's errors.
func (member *member) Commit(topic string, partition int32, offset int64) error {
	member.lock.Lock()
	session := member.session
	member.lock.Unlock()
	session.ResetOffset(topic, partition, offset, "")
	session.MarkOffset(topic, partition, offset, "")
	session.Commit()
	return nil
}

func (member *member) Close() error {
	member.cancel()
	err := member.group.Close()
	go member.drop()
	member.ended.Wait()
	return err
}

// drop lets the claims end that wait for somebody who reads.
func (member *member) drop() {
	for range member.Messages {
	}
}
