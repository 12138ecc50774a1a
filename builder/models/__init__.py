"""Everything about models: data, training, export, quantization, evaluation and the asset that
comes out.
"""
