package compat

import "time"

func (s *Scenario) transactional() Producer {
	return must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic, TransactionalID: s.Topic + "-tx"}))
}

func (s *Scenario) committedValues(count int) []string {
	return valuesOf(s.read(ReaderOptions{Topic: s.Topic, ReadCommitted: true}, count))
}

func txnCommit(s *Scenario) {
	s.createTopic(s.Topic, 2)
	producer := s.transactional()
	defer producer.Close()
	records := spread(numbered("value", 0, 10), 2)
	s.Check(producer.Begin())
	s.Check(producer.Send(records...))
	s.Check(producer.SendOffset(s.group(), s.Topic, 0, 7))
	s.Check(producer.Commit())
	from := map[int32]int64{0: Earliest, 1: Earliest}
	perPartition := byPartition(s.read(ReaderOptions{Topic: s.Topic, From: from, ReadCommitted: true}, 10))
	for partition, sent := range byPartition(records) {
		s.Equal("values of a partition", valuesOf(perPartition[partition]), valuesOf(sent))
	}
	s.Equal("committed", must(s.Client.Committed(s.group(), s.Topic, 0)), 7)
}

func txnAbort(s *Scenario) {
	s.createTopic(s.Topic, 1)
	producer := s.transactional()
	defer producer.Close()
	s.Check(producer.Begin())
	s.Check(producer.Send(numbered("dropped", 0, 10)...))
	s.Check(producer.SendOffset(s.group(), s.Topic, 0, 7))
	s.Check(producer.Abort())
	s.Check(producer.Begin())
	s.Check(producer.Send(numbered("kept", 0, 5)...))
	s.Check(producer.Commit())
	kept := numbered("kept", 0, 5)
	s.Equal("read_committed", s.committedValues(5), valuesOf(kept))
	s.Equal("read_uncommitted", valuesOf(s.readAll(15)), valuesOf(append(numbered("dropped", 0, 10), kept...)))
	s.Require(must(s.Client.Committed(s.group(), s.Topic, 0)) < 0, "the group has a committed offset")
}

func txnFence(s *Scenario) {
	s.createTopic(s.Topic, 1)
	one := s.transactional()
	defer one.Close()
	s.Check(one.Begin())
	s.Check(one.Send(Record{Value: []byte("old")}))
	two := s.transactional()
	defer two.Close()
	s.Check(two.Begin())
	err := one.Commit()
	s.Require(err != nil, "the commit of the first was not refused")
	s.Require(s.isFenced(err, invalidProducerEpoch, transactionalIDFenced, producerFenced), "refused otherwise: %v", err)
	s.Check(two.Send(Record{Value: []byte("new")}))
	s.Check(two.Commit())
	s.Equal("read_committed", s.committedValues(1), []string{"new"})
}

func readCommitted(s *Scenario) {
	s.createTopic(s.Topic, 1)
	producer := s.transactional()
	defer producer.Close()
	s.Check(producer.Begin())
	s.Check(producer.Send(numbered("open", 0, 5)...))
	s.send(ProducerOptions{Topic: s.Topic}, numbered("plain", 0, 5))
	all := valuesOf(append(numbered("open", 0, 5), numbered("plain", 0, 5)...))
	s.Equal("read_uncommitted", valuesOf(s.readAll(10)), all)
	reader := s.reader(ReaderOptions{Topic: s.Topic, ReadCommitted: true})
	defer reader.Close()
	s.Equal("read before the commit", valuesOf(s.readFor(reader, 2*time.Second)), []string{})
	s.Check(producer.Commit())
	s.Equal("read_committed", valuesOf(s.readFrom(reader, 10)), all)
}
