"""Models: data, training, conversion, quantization, metrics, and the asset that results."""
