package compat

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const patience = 30 * time.Second

func offsetReset(s *Scenario) {
	s.createTopic(s.Topic, 1)
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic}))
	defer producer.Close()
	s.Check(producer.Send(numbered("value", 0, 10)...))
	member := s.join(MemberOptions{AtEnd: true})
	defer member.Close()
	var seen []string
	see := func(_ int, record Record) { seen = append(seen, string(record.Value)) }
	lastProbe := time.Time{}
	s.poll("the member sees a probe", patience, see, func() bool {
		if time.Since(lastProbe) > time.Second {
			s.Check(producer.Send(numbered("probe", 0, 1)...))
			lastProbe = time.Now()
		}
		return len(seen) > 0
	}, member)
	s.Check(producer.Send(numbered("value", 10, 20)...))
	s.poll("the member sees the last", patience, see, func() bool { return slices.Contains(seen, "value-19") }, member)
	seen = slices.DeleteFunc(seen, func(value string) bool { return strings.HasPrefix(value, "probe") })
	s.Equal("values", seen, valuesOf(numbered("value", 10, 20)))
}

func commitResume(s *Scenario) { commitAndResume(s, MemberOptions{}, 40) }

func oldProtocol(s *Scenario) { commitAndResume(s, MemberOptions{OldProtocol: true}, 50) }

func commitAndResume(s *Scenario, options MemberOptions, offset int64) {
	s.createTopic(s.Topic, 1)
	s.send(ProducerOptions{Topic: s.Topic, OldProtocol: options.OldProtocol}, numbered("value", 0, 100))
	s.Equal("values", s.readWith(s.join(options), 100), valuesOf(numbered("value", 0, 100)))
	member := s.join(options)
	s.poll("the member has its partition", patience, nil, hasPartitions(member, 1), member)
	s.Check(member.Commit(s.Topic, 0, offset))
	s.Check(member.Close())
	s.Equal("committed", must(s.Client.Committed(s.group(), s.Topic, 0)), offset)
	s.Equal("values", s.readWith(s.join(options), 100-int(offset)), valuesOf(numbered("value", int(offset), 100)))
}

func groupOffsetAlter(s *Scenario) {
	s.createTopic(s.Topic, 1)
	s.send(ProducerOptions{Topic: s.Topic}, numbered("value", 0, 100))
	s.Check(s.Client.SetCommitted(s.group(), s.Topic, 0, 25))
	s.Equal("values", s.readWith(s.join(MemberOptions{}), 75), valuesOf(numbered("value", 25, 100)))
}

func subscribePattern(s *Scenario) {
	perTopic := map[string][]string{}
	for _, name := range []string{"-a", "-b"} {
		s.createTopic(s.Topic+name, 1)
		s.send(ProducerOptions{Topic: s.Topic + name}, numbered("value", 0, 10))
	}
	member := s.join(MemberOptions{Topic: "^" + s.Topic + "-.*", Pattern: true})
	defer member.Close()
	count := 0
	s.poll("20 records", patience, func(_ int, record Record) {
		perTopic[record.Topic] = append(perTopic[record.Topic], string(record.Value))
		count++
	}, func() bool { return count >= 20 }, member)
	for _, name := range []string{"-a", "-b"} {
		s.Equal(name, perTopic[s.Topic+name], valuesOf(numbered("value", 0, 10)))
	}
}

func groupComeGo(s *Scenario) {
	s.createTopic(s.Topic, 4)
	one := s.join(MemberOptions{})
	defer one.Close()
	s.poll("one has 4", patience, nil, hasPartitions(one, 4), one)
	other := s.join(MemberOptions{})
	s.poll("each has 2", patience, nil, shared(one, other), one, other)
	s.Check(other.Close())
	s.poll("one has 4 again", patience, nil, hasPartitions(one, 4), one)
	s.sendToFour(one)
}

// sendToFour sends 40 records to the four partitions: the members read each exactly once.
func (s *Scenario) sendToFour(members ...Reader) {
	records := spread(numbered("value", 0, 40), 4)
	s.send(ProducerOptions{Topic: s.Topic}, records)
	var seen []string
	see := func(_ int, record Record) { seen = append(seen, string(record.Value)) }
	s.poll("40 records", patience, see, func() bool { return len(seen) >= 40 }, members...)
	s.pollFor(500*time.Millisecond, see, members...)
	wanted := valuesOf(records)
	slices.Sort(seen)
	slices.Sort(wanted)
	s.Equal("values", seen, wanted)
}

func groupMemberDies(s *Scenario) {
	s.createTopic(s.Topic, 4)
	options := MemberOptions{SessionTimeout: 6 * time.Second}
	one := s.join(options)
	defer one.Close()
	s.poll("one has 4", patience, nil, hasPartitions(one, 4), one)
	child := s.startChildMember(6 * time.Second)
	defer child.kill()
	s.poll("one has 2", patience, nil, hasPartitions(one, 2), one)
	s.pollFor(time.Second, nil, one)
	child.kill()
	s.poll("one has 4 again", 20*time.Second, nil, hasPartitions(one, 4), one)
}

func staticMembership(s *Scenario) {
	s.createTopic(s.Topic, 4)
	options := func(name string) MemberOptions {
		return MemberOptions{InstanceID: name, SessionTimeout: 30 * time.Second}
	}
	one := s.join(options("one"))
	two := s.join(options("two"))
	defer two.Close()
	s.poll("each has 2", patience, nil, shared(one, two), one, two)
	s.pollFor(time.Second, nil, one, two)
	had, revoked := fmt.Sprint(one.Assigned()), len(two.Revoked())
	s.Check(one.Close())
	again := s.join(options("one"))
	defer again.Close()
	s.poll("one has 2 again", 10*time.Second, nil, hasPartitions(again, 2), again, two)
	s.Equal("the partitions of one", again.Assigned(), had)
	s.Equal("revoked from two", len(two.Revoked()), revoked)
}

func cooperativeRebalance(s *Scenario) {
	s.createTopic(s.Topic, 4)
	one := s.join(MemberOptions{Cooperative: true})
	defer one.Close()
	s.poll("one has 4", patience, nil, hasPartitions(one, 4), one)
	s.Equal("revoked so far", len(one.Revoked()), 0)
	other := s.join(MemberOptions{Cooperative: true})
	defer other.Close()
	s.poll("each has 2", patience, nil, shared(one, other), one, other)
	s.Equal("revoked from one", one.Revoked(), other.Assigned())
}

func consumerProtocol(s *Scenario) {
	s.createTopic(s.Topic, 4)
	options := MemberOptions{ConsumerProtocol: true}
	one := s.join(options)
	defer one.Close()
	s.poll("one has 4", patience, nil, hasPartitions(one, 4), one)
	other := s.join(options)
	defer other.Close()
	s.poll("each has 2", patience, nil, shared(one, other), one, other)
	s.sendToFour(one, other)
}

func errorFenced(s *Scenario) {
	s.createTopic(s.Topic, 1)
	options := MemberOptions{InstanceID: "one"}
	// Never closed: a library may wait for ever for the leave of a member that is fenced.
	one := s.join(options)
	s.poll("one has its partition", patience, nil, hasPartitions(one, 1), one)
	other := s.join(options)
	defer other.Close()
	s.poll("the other has it", patience, nil, hasPartitions(other, 1), other)
	s.Until("one is fenced", patience, func() bool {
		_, err := one.Read()
		if err == nil {
			err = one.Commit(s.Topic, 0, 0)
		}
		return err != nil && s.isFenced(err, fencedInstanceID)
	})
}
