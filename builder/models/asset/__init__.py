"""The asset: its files, tokenizer, scoring, licence and model card."""
