"""What a refusal reveals: draws of the model as types, their replies, dated reports, and probabilities before and after."""
