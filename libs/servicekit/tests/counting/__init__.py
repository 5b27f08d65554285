"""The smallest service that stands on the kit: it counts events per aggregate, and makes some. For the kit's own tests."""
