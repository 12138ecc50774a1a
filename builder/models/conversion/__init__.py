"""From a checkpoint or an ONNX file to a graph that the runtime executes fast."""
