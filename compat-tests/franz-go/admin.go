package main

import (
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"samsa.test/compat"
)

type admin struct{ *kadm.Client }

func errorOf(code int16) error { return kerr.ErrorForCode(code) }

func (admin admin) Cluster(topic string) (cluster compat.Cluster, err error) {
	metadata, err := admin.Metadata(limited(), topic)
	if err != nil {
		return cluster, err
	}
	cluster.ID, cluster.Controller = metadata.Cluster, metadata.Controller
	for _, broker := range metadata.Brokers {
		cluster.Brokers = append(cluster.Brokers, compat.Broker{ID: broker.NodeID, Host: broker.Host, Port: int(broker.Port)})
	}
	for _, one := range metadata.Topics[topic].Partitions.Sorted() {
		cluster.Partitions = append(cluster.Partitions, compat.Partition{
			ID: one.Partition, Leader: one.Leader, Replicas: one.Replicas, ISR: one.ISR,
		})
	}
	return cluster, metadata.Topics[topic].Err
}

func (admin admin) Topics() ([]string, error) {
	topics, err := admin.ListTopics(limited())
	return topics.Names(), err
}

func (admin admin) CreateTopic(topic string, options compat.TopicOptions) error {
	configs := map[string]*string{}
	for name, value := range options.Configs {
		configs[name] = &value
	}
	_, err := admin.Client.CreateTopic(limited(), int32(options.Partitions), int16(options.Replicas), configs, topic)
	return err
}

func (admin admin) DeleteTopic(topic string) error {
	_, err := admin.Client.DeleteTopic(limited(), topic)
	return err
}

func (admin admin) AddPartitions(topic string, total int) error {
	responses, err := admin.UpdatePartitions(limited(), total, topic)
	if err != nil {
		return err
	}
	return responses.Error()
}

func (admin admin) TopicConfigs(topic string) (map[string]string, error) {
	return configsOf(admin.DescribeTopicConfigs(limited(), topic))
}

func (admin admin) BrokerConfigs(broker int32) (map[string]string, error) {
	return configsOf(admin.DescribeBrokerConfigs(limited(), broker))
}

func configsOf(resources kadm.ResourceConfigs, err error) (map[string]string, error) {
	if err != nil {
		return nil, err
	}
	configs := map[string]string{}
	for _, config := range resources[0].Configs {
		configs[config.Key] = config.MaybeValue()
	}
	return configs, resources[0].Err
}

func (admin admin) SetTopicConfig(topic, name, value string) error {
	responses, err := admin.AlterTopicConfigs(limited(), []kadm.AlterConfig{{Name: name, Value: &value}}, topic)
	if err != nil {
		return err
	}
	return responses[0].Err
}

func (admin admin) DeleteRecords(topic string, partition int32, before int64) error {
	responses, err := admin.Client.DeleteRecords(limited(), offsetsOf(topic, partition, before))
	if err != nil {
		return err
	}
	return responses.Error()
}

func offsetsOf(topic string, partition int32, offset int64) kadm.Offsets {
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, partition, offset, -1)
	return offsets
}

func (admin admin) StartOffset(topic string, partition int32) (int64, error) {
	return offsetIn(topic, partition)(admin.ListStartOffsets(limited(), topic))
}

func (admin admin) EndOffset(topic string, partition int32) (int64, error) {
	return offsetIn(topic, partition)(admin.ListEndOffsets(limited(), topic))
}

func (admin admin) OffsetAt(topic string, partition int32, at time.Time) (int64, error) {
	return offsetIn(topic, partition)(admin.ListOffsetsAfterMilli(limited(), at.UnixMilli(), topic))
}

func offsetIn(topic string, partition int32) func(kadm.ListedOffsets, error) (int64, error) {
	return func(listed kadm.ListedOffsets, err error) (int64, error) {
		offset, _ := listed.Lookup(topic, partition)
		if err == nil {
			err = offset.Err
		}
		return offset.Offset, err
	}
}

func (admin admin) Committed(group, topic string, partition int32) (int64, error) {
	responses, err := admin.FetchOffsets(limited(), group)
	if err != nil {
		return 0, err
	}
	if committed, is := responses.Lookup(topic, partition); is {
		return committed.At, committed.Err
	}
	return -1, nil
}

func (admin admin) SetCommitted(group, topic string, partition int32, offset int64) error {
	return admin.CommitAllOffsets(limited(), group, offsetsOf(topic, partition, offset))
}

func (admin admin) Groups() ([]string, error) {
	groups, err := admin.ListGroups(limited())
	return groups.Groups(), err
}

func (admin admin) DescribeGroup(name string) (group compat.Group, err error) {
	groups, err := admin.DescribeGroups(limited(), name)
	if err != nil {
		return group, err
	}
	described := groups[name]
	group.State = described.State
	for _, member := range described.Members {
		group.ClientIDs = append(group.ClientIDs, member.ClientID)
	}
	return group, described.Err
}

func (admin admin) DeleteGroup(group string) error {
	response, err := admin.Client.DeleteGroup(limited(), group)
	if err != nil {
		return err
	}
	return response.Err
}
