"""What a member learns from its own records, computed on its own machine."""
