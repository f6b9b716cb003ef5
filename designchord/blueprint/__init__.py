"""The blueprint: the structured model of an idea, from which every artifact takes its names."""
