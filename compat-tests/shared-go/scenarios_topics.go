package compat

import (
	"slices"
	"time"
)

// The names of Kafka's errors that the scenarios speak of.
const (
	unknownTopicOrPartition = 3
	messageTooLarge         = 10
	topicAlreadyExists      = 36
	invalidConfig           = 40
	invalidProducerEpoch    = 47
	transactionalIDFenced   = 51
	fencedInstanceID        = 82
	invalidRecord           = 87
	producerFenced          = 90
)

func metadata(s *Scenario) {
	s.createTopic(s.Topic, 3)
	cluster := must(s.Client.Cluster(s.Topic))
	var brokers []int32
	for _, broker := range cluster.Brokers {
		s.Require(broker.Host != "" && broker.Port > 0, "a broker without an address: %v", broker)
		brokers = append(brokers, broker.ID)
	}
	s.Require(len(brokers) > 0, "no brokers")
	slices.SortFunc(cluster.Partitions, func(one, other Partition) int { return int(one.ID - other.ID) })
	var partitions []int32
	for _, partition := range cluster.Partitions {
		partitions = append(partitions, partition.ID)
		leader := partition.Leader
		s.Require(slices.Contains(brokers, leader), "the leader %d is no broker", leader)
		s.Require(slices.Contains(partition.Replicas, leader), "the leader %d is no replica", leader)
		s.Require(slices.Contains(partition.ISR, leader), "the leader %d is not in sync", leader)
	}
	s.Equal("partitions", partitions, []int32{0, 1, 2})
	if cluster.Controller >= 0 {
		s.Require(slices.Contains(brokers, cluster.Controller), "the controller %d is no broker", cluster.Controller)
	}
}

func topicCreateDelete(s *Scenario) {
	options := TopicOptions{Partitions: 2, Replicas: 1, Configs: map[string]string{"retention.ms": "3600000"}}
	s.Check(s.Client.CreateTopic(s.Topic, options))
	s.Refused("creating it again", s.Client.CreateTopic(s.Topic, options), topicAlreadyExists)
	isListed := func() bool { return slices.Contains(must(s.Client.Topics()), s.Topic) }
	s.Until("it is listed", 10*time.Second, isListed)
	s.Check(s.Client.DeleteTopic(s.Topic))
	s.Until("it is no longer listed", 15*time.Second, func() bool { return !isListed() })
	s.Refused("deleting it again", s.Client.DeleteTopic(s.Topic), unknownTopicOrPartition)
}

func adminConfigs(s *Scenario) {
	s.createTopic(s.Topic, 1, "retention.ms", "3600000")
	configs := must(s.Client.TopicConfigs(s.Topic))
	s.Equal("retention.ms", configs["retention.ms"], "3600000")
	s.Equal("cleanup.policy", configs["cleanup.policy"], "delete")
	s.Check(s.Client.SetTopicConfig(s.Topic, "retention.ms", "7200000"))
	s.Until("retention.ms is 7200000", 5*time.Second, func() bool {
		return must(s.Client.TopicConfigs(s.Topic))["retention.ms"] == "7200000"
	})
	s.Refused("retention.ms=many", s.Client.SetTopicConfig(s.Topic, "retention.ms", "many"), invalidConfig)
	broker := must(s.Client.Cluster(s.Topic)).Brokers[0].ID
	configs = must(s.Client.BrokerConfigs(broker))
	s.Require(len(configs) > 10, "the broker has %d configs", len(configs))
}

func deleteRecords(s *Scenario) {
	s.createTopic(s.Topic, 1)
	s.send(ProducerOptions{Topic: s.Topic}, numbered("value", 0, 100))
	s.Check(s.Client.DeleteRecords(s.Topic, 0, 60))
	s.Equal("earliest", must(s.Client.StartOffset(s.Topic, 0)), 60)
	s.Equal("latest", must(s.Client.EndOffset(s.Topic, 0)), 100)
	s.Equal("values", valuesOf(s.readAll(40)), valuesOf(numbered("value", 60, 100)))
}

func partitionsAdded(s *Scenario) {
	s.createTopic(s.Topic, 2)
	member := s.join(MemberOptions{})
	defer member.Close()
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic}))
	defer producer.Close()
	s.Check(producer.Send(spread(numbered("value", 0, 100), 2)...))
	s.Check(s.addPartitions(4))
	s.Until("the producer knows the new partitions", 30*time.Second, func() bool {
		return len(must(s.Client.Cluster(s.Topic)).Partitions) == 4
	})
	rest := spread(numbered("value", 100, 200), 4)
	for len(rest) > 0 {
		if err := producer.Send(rest[0]); err == nil {
			rest = rest[1:]
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
	seen, perPartition := map[string]bool{}, map[int32]int{}
	s.poll("the member reads all 200", 30*time.Second, func(_ int, record Record) {
		seen[string(record.Value)] = true
		perPartition[record.Partition]++
	}, func() bool { return len(seen) == 200 }, member)
	s.Equal("records of partition 2", perPartition[2], 25)
	s.Equal("records of partition 3", perPartition[3], 25)
}

func describeGroupsLag(s *Scenario) {
	s.createTopic(s.Topic, 1)
	s.send(ProducerOptions{Topic: s.Topic}, numbered("value", 0, 100))
	member := s.join(MemberOptions{ClientID: "the-member"})
	s.poll("the member has its partition", 30*time.Second, nil, hasPartitions(member, 1), member)
	s.Check(member.Commit(s.Topic, 0, 30))
	s.Require(slices.Contains(must(s.Client.Groups()), s.group()), "the group is not listed")
	group := must(s.Client.DescribeGroup(s.group()))
	s.Equal("state", group.State, "Stable")
	s.Equal("client ids", group.ClientIDs, []string{"the-member"})
	lag := must(s.Client.EndOffset(s.Topic, 0)) - must(s.Client.Committed(s.group(), s.Topic, 0))
	s.Equal("lag", lag, 70)
	s.Check(member.Close())
	s.Until("the group is empty", 15*time.Second, func() bool {
		return must(s.Client.DescribeGroup(s.group())).State == "Empty"
	})
	s.Check(s.Client.DeleteGroup(s.group()))
	s.Require(!slices.Contains(must(s.Client.Groups()), s.group()), "the group is still listed")
}

func errorUnknownTopic(s *Scenario) {
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic}))
	defer producer.Close()
	s.Require(producer.Send(numbered("value", 0, 1)...) != nil, "the record was acknowledged")
	s.Require(!slices.Contains(must(s.Client.Topics()), s.Topic), "the topic was made")
}
