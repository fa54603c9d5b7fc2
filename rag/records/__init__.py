"""What is kept of people's work with the documents, apart from the store, with its own retention."""
