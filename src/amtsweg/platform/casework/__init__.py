"""What an authority does about a submission: cases, tasks, deadlines, messages, the journal, the desk."""
