"""Fine-tuning, distillation and weight interpolation."""
