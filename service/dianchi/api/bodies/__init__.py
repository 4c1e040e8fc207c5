"""What HTTP carries: the declared shapes of requests and answers."""
