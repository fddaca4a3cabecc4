"""What the hub asks of others over the network, bounded in time and in bytes."""
