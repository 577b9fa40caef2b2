"""From a request to the archived bytes of its answer: where a crawl may go, how slowly, and what is kept."""
