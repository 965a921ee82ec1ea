package main

import (
	"slices"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"samsa.test/compat"
)

const (
	pollMs         = 100
	readRecordsMax = 10_000
)

type reader struct {
	*kafka.Consumer
	topic string
}

func (client *client) NewReader(options compat.ReaderOptions) (compat.SeekingReader, error) {
	isolation := "read_uncommitted"
	if options.ReadCommitted {
		isolation = "read_committed"
	}
	consumer, err := kafka.NewConsumer(client.settings(options.OldProtocol, kafka.ConfigMap{
		"group.id": "unused", "enable.auto.commit": false, "isolation.level": isolation, "fetch.wait.max.ms": pollMs,
	}))
	if err != nil {
		return nil, err
	}
	var from []kafka.TopicPartition
	for partition, offset := range options.From {
		from = append(from, at(options.Topic, partition, offset)...)
	}
	return &reader{consumer, options.Topic}, consumer.Assign(from)
}

// Read waits for the first record, and takes what has come by then.
func (reader *reader) Read() ([]compat.Record, error) {
	var records []compat.Record
	wait := pollMs
	for len(records) < readRecordsMax {
		switch event := reader.Poll(wait).(type) {
		case nil:
			return records, nil
		case *kafka.Message:
			if event.TopicPartition.Error != nil {
				return records, event.TopicPartition.Error
			}
			records = append(records, recordOf(event))
			wait = 0
		case kafka.Error:
			// The rest is news of connections, which the library mends by itself.
			if event.IsFatal() {
				return records, event
			}
			return records, nil
		}
	}
	return records, nil
}

func recordOf(message *kafka.Message) compat.Record {
	record := compat.Record{
		Topic: *message.TopicPartition.Topic, Partition: message.TopicPartition.Partition,
		Offset: int64(message.TopicPartition.Offset), Key: message.Key, Value: message.Value, Timestamp: message.Timestamp,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, compat.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (reader *reader) Seek(partition int32, offset int64) error {
	return reader.Consumer.Seek(at(reader.topic, partition, offset)[0], 0)
}

// member keeps book of the partitions that it is given and that are taken from it. Its callback runs inside of Read.
type member struct {
	reader
	assigned []int32
	revoked  []int32
}

func (client *client) Join(options compat.MemberOptions) (compat.Member, error) {
	settings := client.settings(options.OldProtocol, kafka.ConfigMap{
		"client.id": options.ClientID, "group.id": options.Group, "enable.auto.commit": false,
		"auto.offset.reset": "earliest", "fetch.wait.max.ms": pollMs,
	})
	if options.AtEnd {
		(*settings)["auto.offset.reset"] = "latest"
	}
	if options.InstanceID != "" {
		(*settings)["group.instance.id"] = options.InstanceID
	}
	if options.ConsumerProtocol {
		(*settings)["group.protocol"] = "consumer"
	} else {
		(*settings)["session.timeout.ms"] = int(options.SessionTimeout / time.Millisecond)
		(*settings)["heartbeat.interval.ms"] = 1000
		(*settings)["partition.assignment.strategy"] = "range"
	}
	if options.Cooperative {
		(*settings)["partition.assignment.strategy"] = "cooperative-sticky"
	}
	consumer, err := kafka.NewConsumer(settings)
	if err != nil {
		return nil, err
	}
	member := &member{reader: reader{consumer, options.Topic}}
	return member, consumer.Subscribe(options.Topic, member.rebalance)
}

func (member *member) rebalance(_ *kafka.Consumer, event kafka.Event) error {
	switch event := event.(type) {
	case kafka.AssignedPartitions:
		member.assigned = append(member.assigned, partitionsOf(event.Partitions)...)
	case kafka.RevokedPartitions:
		lost := partitionsOf(event.Partitions)
		member.revoked = append(member.revoked, lost...)
		member.assigned = slices.DeleteFunc(member.assigned, func(one int32) bool { return slices.Contains(lost, one) })
	}
	return nil
}

func partitionsOf(all []kafka.TopicPartition) []int32 {
	var partitions []int32
	for _, one := range all {
		partitions = append(partitions, one.Partition)
	}
	return partitions
}

func (member *member) Assigned() []int32 { return slices.Sorted(slices.Values(member.assigned)) }
func (member *member) Revoked() []int32  { return slices.Sorted(slices.Values(member.revoked)) }

func (member *member) Commit(topic string, partition int32, offset int64) error {
	committed, err := member.CommitOffsets(at(topic, partition, offset))
	if err != nil {
		return err
	}
	return committed[0].Error
}
