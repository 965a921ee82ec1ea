package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"samsa.test/compat"
)

type member struct {
	reader
	compat.Holdings
}

func (client *client) Join(options compat.MemberOptions) (compat.Member, error) {
	member := &member{}
	settings := []kgo.Opt{
		kgo.ClientID(options.ClientID), kgo.ConsumerGroup(options.Group), kgo.ConsumeTopics(options.Topic),
		kgo.DisableAutoCommit(), kgo.SessionTimeout(options.SessionTimeout), kgo.HeartbeatInterval(time.Second),
		kgo.OnPartitionsAssigned(member.gain), kgo.OnPartitionsRevoked(member.lose), kgo.OnPartitionsLost(member.lose),
	}
	if options.AtEnd {
		settings = append(settings, kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()))
	}
	if options.Pattern {
		settings = append(settings, kgo.ConsumeRegex())
	}
	if options.InstanceID != "" {
		settings = append(settings, kgo.InstanceID(options.InstanceID))
	}
	if options.ConsumerProtocol {
		settings = append(settings, kgo.ServerSideBalancer())
	} else if options.Cooperative {
		settings = append(settings, kgo.Balancers(kgo.CooperativeStickyBalancer()))
	} else {
		settings = append(settings, kgo.Balancers(kgo.RangeBalancer()))
	}
	connection, err := client.connect(options.OldProtocol, settings...)
	member.reader = reader{connection, options.Topic}
	return member, err
}

func (member *member) gain(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	for _, gained := range partitions {
		member.Gain(gained...)
	}
}

func (member *member) lose(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	for _, lost := range partitions {
		member.Lose(lost...)
	}
}

func (member *member) Commit(topic string, partition int32, offset int64) error {
	target := kgo.EpochOffset{Epoch: -1, Offset: offset}
	var failure error
	member.CommitOffsetsSync(limited(), map[string]map[int32]kgo.EpochOffset{topic: {partition: target}},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
			failure = err
			if err == nil {
				failure = errorOf(response.Topics[0].Partitions[0].ErrorCode)
			}
		})
	return failure
}

// SendOffset says what the library says for itself in a GroupTransactSession, which needs a member of the group.
func (producer *producer) SendOffset(group, topic string, partition int32, offset int64) error {
	transactionalID := producer.OptValue(kgo.TransactionalID).(string)
	id, epoch, err := producer.ProducerID(limited())
	if err != nil {
		return err
	}
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = transactionalID, id, epoch, group
	added, err := add.RequestWith(limited(), producer.Client)
	if err == nil {
		err = errorOf(added.ErrorCode)
	}
	if err != nil {
		return err
	}
	commit := kmsg.NewPtrTxnOffsetCommitRequest()
	commit.TransactionalID, commit.ProducerID, commit.ProducerEpoch, commit.Group = transactionalID, id, epoch, group
	offsetOf := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	offsetOf.Partition, offsetOf.Offset = partition, offset
	of := kmsg.NewTxnOffsetCommitRequestTopic()
	of.Topic, of.Partitions = topic, []kmsg.TxnOffsetCommitRequestTopicPartition{offsetOf}
	commit.Topics = []kmsg.TxnOffsetCommitRequestTopic{of}
	committed, err := commit.RequestWith(limited(), producer.Client)
	if err != nil {
		return err
	}
	return errorOf(committed.Topics[0].Partitions[0].ErrorCode)
}
