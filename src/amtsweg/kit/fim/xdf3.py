"""XDatenfelder 3.0.0: read and write (FIM-Baustein Datenfelder, standard of 2022).

``read`` and ``write`` are each other's inverse on what this standard can say of the model; see
``Codec``. ``conversion.to_xdf3`` gives that, with a report of the rest.
"""

from amtsweg.kit.fim.xdf3_read import NAMESPACE, Reader
from amtsweg.kit.fim.xdf3_write import Writer
from amtsweg.kit.fim.xdf_codec import Codec

CODEC = Codec(Reader, Writer)
read = CODEC.read
read_message = CODEC.read_message
write = CODEC.write

__all__ = ["CODEC", "NAMESPACE", "read", "read_message", "write"]
